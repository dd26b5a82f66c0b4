// Neighbours unfiltered and filtered, side by side and joined by lines. Texts are not ours: they reach the page as text.

const ROW_PX = 24

export function makeSlope(root, count) {
  const side = (name) => {
    const list = root.querySelector(`ol.${name}`)
    list.replaceChildren()
    return Array.from({ length: count }, () => {
      const row = list.appendChild(document.createElement("li"))
      return { row, text: row.appendChild(document.createElement("span")), cosine: row.appendChild(document.createElement("b")) }
    })
  }
  const svg = root.querySelector("svg")
  svg.setAttribute("viewBox", `0 0 100 ${count * ROW_PX}`)
  svg.setAttribute("preserveAspectRatio", "none")
  svg.style.height = `${count * ROW_PX}px`
  return { unfiltered: side("unfiltered"), filtered: side("filtered"), svg }
}

/** Fills both columns, each a list of { text, position, copies, unfiltered: { cosine, rank }, filtered }. */
export function fillSlope(slope, unfiltered, filtered) {
  fillSide(slope.unfiltered, unfiltered, "unfiltered", filtered)
  fillSide(slope.filtered, filtered, "filtered", unfiltered)
  const places = new Map(filtered.map((entry, place) => [entry.position, place]))
  slope.svg.replaceChildren(
    ...unfiltered.flatMap((entry, place) => {
      const there = places.get(entry.position)
      if (there === undefined) return []
      const line = document.createElementNS("http://www.w3.org/2000/svg", "line")
      const y = (row) => (row + 0.5) * ROW_PX
      for (const [name, value] of Object.entries({ x1: 0, x2: 100, y1: y(place), y2: y(there) })) line.setAttribute(name, value)
      line.setAttribute("class", there < place ? "up" : there > place ? "down" : "level")
      return [line]
    }),
  )
}

function fillSide(rows, entries, side, others) {
  const there = new Set(others.map((entry) => entry.position))
  rows.forEach(({ row, text, cosine }, place) => {
    const entry = entries[place]
    row.style.visibility = entry ? "visible" : "hidden"
    if (!entry) return
    text.textContent = entry.copies > 1 ? `${entry.text} (×${entry.copies})` : entry.text
    row.title = `${entry.text}\nunfiltered: rank ${entry.unfiltered.rank}, cosine ${entry.unfiltered.cosine.toFixed(3)}\n` +
      `filtered: rank ${entry.filtered.rank}, cosine ${entry.filtered.cosine.toFixed(3)}`
    row.dataset.alone = there.has(entry.position) ? "" : "yes"
    cosine.textContent = entry[side].cosine.toFixed(3)
    cosine.dataset.value = entry[side].cosine // unrounded, for whoever compares
  })
}
