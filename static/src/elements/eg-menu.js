// Menus are native popovers. Browsers without them get the same by one listener on the page.
if (!("popover" in HTMLElement.prototype)) {
  document.documentElement.classList.add("eg-no-popover");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[popovertarget]");
    const open = document.querySelector("[popover].eg-is-open");
    const menu = button && document.getElementById(button.getAttribute("popovertarget"));
    if (open && (menu || !open.contains(event.target))) open.classList.remove("eg-is-open");
    if (menu && menu !== open) menu.classList.add("eg-is-open");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector(".eg-is-open")?.classList.remove("eg-is-open");
  });
}

// A link of the chapter or menu sheet that stays on the page closes the sheet.
document.addEventListener("click", (event) => {
  const sheet = event.target.closest("a[href^='#']")?.closest("[popover]");
  if (sheet?.matches(":popover-open")) sheet.hidePopover();
});
