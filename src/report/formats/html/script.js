"use strict";
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => (one.open = true)));
if (navigator.clipboard) {
  document.querySelectorAll("pre.copy").forEach((block) => {
    const button = document.createElement("button");
    const label = document.body.dataset.copy;
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () =>
      navigator.clipboard.writeText(block.firstElementChild.textContent.trimEnd() + "\n").then(() => {
        button.textContent = document.body.dataset.copied;
        setTimeout(() => (button.textContent = label), 1500);
      }),
    );
    block.append(button);
  });
}
