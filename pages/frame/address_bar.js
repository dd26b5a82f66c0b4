// Puts the address right without an entry of the history. What starts with `embed` is Streamlit's own.

export default function ({ data: [query] }) {
  const given = new URLSearchParams(window.location.search)
  const wanted = new URLSearchParams(query)
  given.forEach((value, name) => name.startsWith("embed") && wanted.append(name, value))
  if (inOrder(given) === inOrder(wanted)) return
  const search = wanted.size ? `?${wanted}` : ""
  window.history.replaceState(window.history.state, "", window.location.pathname + search)
}

function inOrder(pairs) {
  return [...pairs].map(String).sort().join("&")
}
