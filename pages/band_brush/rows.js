// The rows beside the spectrum. Texts are not ours: they reach the page as text alone.

const TIE = 1e-4

/** A list with room for `count` rows of a text and a number. */
export function makeRows(list, count) {
  list.replaceChildren()
  return Array.from({ length: count }, () => {
    const row = document.createElement("li")
    const text = row.appendChild(document.createElement("span"))
    const number = row.appendChild(document.createElement("b"))
    list.appendChild(row)
    return { row, text, number }
  })
}

export function fillRows(rows, entries, written) {
  rows.forEach(({ row, text, number }, place) => {
    row.hidden = place >= entries.length
    if (row.hidden) return
    text.textContent = entries[place][0]
    number.textContent = written(entries[place][1])
    number.dataset.value = entries[place][1] // unrounded, for whoever compares
  })
}

/** A table with room for `count` ranked texts; clicking a text calls `choose` with its position in the corpus. */
export function makeRanking(table, count, choose) {
  const body = table.querySelector("tbody")
  body.replaceChildren()
  return Array.from({ length: count }, () => {
    const row = body.insertRow()
    const cells = Object.fromEntries(
      ["rank", "rankUnfiltered", "change", "text", "cosine", "cosineUnfiltered", "flips"].map((name) => {
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
    cells.rank.textContent = place + 1
    cells.rankUnfiltered.textContent = entry.rankUnfiltered
    cells.change.textContent = gained > 0 ? `▲ ${gained}` : gained < 0 ? `▼ ${-gained}` : "="
    cells.change.dataset.moved = Math.sign(gained)
    button.textContent = entry.text
    button.title = `Make this the query: ${entry.text}`
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
