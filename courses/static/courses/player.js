// Vimeo's player, only when somebody has asked for it. Before that nothing is fetched from Vimeo.
for (const place of document.querySelectorAll("[data-player]")) {
  const button = place.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = place.dataset.player;
    frame.title = place.dataset.title;
    frame.allow = "fullscreen";
    place.replaceChildren(frame);
    frame.focus();
  });
}
