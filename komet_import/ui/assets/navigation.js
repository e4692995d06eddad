/* Streamlit does nothing for a link to the page that one is on, and its logo is a link only elsewhere. Here the links of the
   navigation, of the path and of the page lead to their address: as a step in the browser's history that Streamlit follows. */
(() => {
  if (window.kometNavigation) return;
  window.kometNavigation = true;
  const LOGO = '[data-testid="stLogoLink"]';
  const OF_ANY_PAGE = `${LOGO}, .komet-path a, a.komet-way`;
  const OF_THIS_PAGE = ["stTopNavLink", "stSidebarNavLink", "stPageLink-NavLink"]
    .map((name) => `a[data-testid="${name}"]`)
    .join(", ");

  function target(link) {
    const to = new URL(link.matches(LOGO) ? "/" : link.href, location.href);
    const here = to.origin === location.origin && to.pathname === location.pathname;
    return link.matches(OF_ANY_PAGE) || here ? to : null;
  }

  // Before Streamlit's own handler, which would ask for the address as it was.
  window.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.(`${OF_ANY_PAGE}, ${OF_THIS_PAGE}`);
      if (!link) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
        event.stopPropagation(); // another tab or window is the browser's
        return;
      }
      const to = target(link);
      if (!to) return;
      event.preventDefault();
      event.stopPropagation();
      if (to.href !== location.href) history.pushState({}, "", to);
      dispatchEvent(new PopStateEvent("popstate"));
      if (link.closest('[data-testid="stSidebar"]') && innerWidth < 768) {
        document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
      }
    },
    true,
  );
})();
