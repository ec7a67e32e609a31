document.cookie = "_fbp=demo; path=/; max-age=7776000; SameSite=Lax";
document.getElementById("alive-marketing").textContent = "aan";
