document.getElementById("alive-statistics").textContent = "aan";
