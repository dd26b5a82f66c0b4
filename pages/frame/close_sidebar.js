// Over a narrow page Streamlit leaves the sidebar open when a page is chosen in it: it would hide that page.

const NARROW = "(max-width: 768px)" // where Streamlit lays the sidebar over the page
let shown

export default function ({ data }) {
  if (shown !== undefined && shown !== data.page && window.matchMedia(NARROW).matches) {
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click()
  }
  shown = data.page
}
