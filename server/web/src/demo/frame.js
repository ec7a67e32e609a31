document.getElementById("alive-frame").textContent = "aan";
