document.querySelector(".view").hidden = false;
view.load();
view.show();
history.replaceState({ view: true }, "", location.href);
view.visit(true);
{
  const load = view.load;
  view.load = () => { load(); view.show(); };
}
