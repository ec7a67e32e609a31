//! What pages are given: the views through which they see the server. A page knows these and the model alone.
