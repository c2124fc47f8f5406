// Starts the terminal once its font is there: cells are measured by it.
"use strict";

// An export opens no window, which browsers would block: it is saved.
const openWindow = window.open;
window.open = (url, ...rest) => {
  if (!String(url).startsWith(`${window.location.origin}/download/`)) {
    return openWindow.call(window, url, ...rest);
  }
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
  return null;
};

const start = window.onload;
window.onload = null;

window.addEventListener("load", async (event) => {
  const terminal = document.getElementById("terminal");
  const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
  terminal.dataset.sessionWebsocketUrl = `${scheme}//${window.location.host}/ws`;
  const again = document.getElementById("again");
  again.addEventListener("click", () => window.location.reload());
  const faces = ["16px", "bold 16px", "italic 16px"].map((style) =>
    document.fonts.load(`${style} "Roboto Mono"`),
  );
  await Promise.allSettled(faces);
  start(event);
  // The keyboard goes to the debugger once it draws, and to the button once it has ended.
  const attend = () => {
    const state = document.body.classList;
    if (state.contains("-closed")) again.focus();
    else if (state.contains("-first-byte")) terminal.querySelector("textarea").focus();
  };
  new MutationObserver(attend).observe(document.body, { attributeFilter: ["class"] });
});
