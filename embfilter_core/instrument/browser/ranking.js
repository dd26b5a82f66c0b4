// A ranking of texts. Texts are not ours: they reach the page as text alone.

const TIE = 1e-4

/** A table with room for `count` ranked texts; clicking a text calls `choose` with its position in the corpus. */
export function makeRanking(table, count, choose) {
  const body = table.querySelector("tbody")
  body.replaceChildren()
  return Array.from({ length: count }, () => {
    const row = body.insertRow()
    const cells = Object.fromEntries(
      ["after", "unfiltered", "change", "text", "cosine", "cosineUnfiltered", "flips"].map((name) => {
        const cell = row.insertCell()
        cell.className = name
        return [name, cell]
      }),
    )
    const button = cells.text.appendChild(document.createElement("button"))
    button.type = "button"
    button.onclick = () => choose(Number(row.dataset.position))
    return { row, cells, button }
  })
}

export function fillRanking(rows, entries) {
  rows.forEach(({ row, cells, button }, place) => {
    const entry = entries[place]
    row.hidden = !entry
    if (row.hidden) return
    row.dataset.position = entry.position
    const gained = entry.rankUnfiltered - (place + 1)
    cells.after.textContent = place + 1
    cells.unfiltered.textContent = entry.rankUnfiltered
    cells.change.textContent = gained > 0 ? `▲ ${gained}` : gained < 0 ? `▼ ${-gained}` : "="
    cells.change.dataset.moved = Math.sign(gained)
    button.textContent = entry.copies > 1 ? `${entry.text} (×${entry.copies})` : entry.text
    button.title = `Make this the query: ${entry.text}${entry.origin ? ` (${entry.origin})` : ""}`
    cells.cosine.textContent = entry.cosine.toFixed(3) + (isNearTie(entries, place) ? " ≈" : "")
    cells.cosine.title = isNearTie(entries, place) ? "Less than 0.0001 from the text above or below: their order is a near-tie" : ""
    cells.cosine.dataset.value = entry.cosine // unrounded, for whoever compares
    cells.cosineUnfiltered.textContent = entry.cosineUnfiltered.toFixed(3)
    cells.flips.textContent = entry.flips
    cells.flips.title = entry.flips
  })
}

function isNearTie(entries, place) {
  return [place - 1, place + 1].some(
    (other) => entries[other] && Math.abs(entries[other].cosine - entries[place].cosine) < TIE,
  )
}
