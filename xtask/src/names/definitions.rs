//! What a source defines, each with its kind and its line.

use syn::visit::{self, Visit};
use syn::{
    Field, ImplItem, ImplItemConst, ImplItemFn, ItemConst, ItemEnum, ItemFn, ItemImpl, ItemMod, ItemStatic, ItemStruct,
    ItemTrait, ItemType, ItemUnion, TraitItemFn,
};

/// Lines, counted from 1, and names such as `type Journal`, `fn append`, `variant Regime::Consent`.
pub fn in_text(text: &str) -> syn::Result<Vec<(usize, String)>> {
    let mut definitions = Definitions(Vec::new());
    definitions.visit_file(&syn::parse_file(text)?);
    Ok(definitions.0)
}

struct Definitions(Vec<(usize, String)>);

impl Definitions {
    fn add(&mut self, kind: &str, name: &syn::Ident) {
        self.0.push((name.span().start().line, format!("{kind} {name}")));
    }
}

impl<'a> Visit<'a> for Definitions {
    fn visit_item_struct(&mut self, item: &'a ItemStruct) {
        self.add("type", &item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a ItemEnum) {
        self.add("type", &item.ident);
        for variant in &item.variants {
            let line = variant.ident.span().start().line;
            self.0.push((line, format!("variant {}::{}", item.ident, variant.ident)));
        }
        visit::visit_item_enum(self, item);
    }

    fn visit_item_union(&mut self, item: &'a ItemUnion) {
        self.add("type", &item.ident);
        visit::visit_item_union(self, item);
    }

    fn visit_item_trait(&mut self, item: &'a ItemTrait) {
        self.add("type", &item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'a ItemType) {
        self.add("type", &item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        self.add("fn", &item.sig.ident);
        visit::visit_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a TraitItemFn) {
        self.add("fn", &item.sig.ident);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.add("fn", &item.sig.ident);
        visit::visit_impl_item_fn(self, item);
    }

    /// What a trait asks for is named by the trait.
    fn visit_item_impl(&mut self, item: &'a ItemImpl) {
        if item.trait_.is_none() {
            return visit::visit_item_impl(self, item);
        }
        for one in &item.items {
            if let ImplItem::Fn(method) = one {
                self.visit_block(&method.block);
            }
        }
    }

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        self.add("mod", &item.ident);
        visit::visit_item_mod(self, item);
    }

    fn visit_item_const(&mut self, item: &'a ItemConst) {
        self.add("const", &item.ident);
        visit::visit_item_const(self, item);
    }

    fn visit_item_static(&mut self, item: &'a ItemStatic) {
        self.add("const", &item.ident);
        visit::visit_item_static(self, item);
    }

    fn visit_impl_item_const(&mut self, item: &'a ImplItemConst) {
        self.add("const", &item.ident);
        visit::visit_impl_item_const(self, item);
    }

    fn visit_field(&mut self, field: &'a Field) {
        if let Some(name) = &field.ident {
            self.add("field", name);
        }
        visit::visit_field(self, field);
    }
}
