"use strict";
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((one) => (one.open = true));
});
addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
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
