// Lists of tokens. Tokens are not ours: they reach the page as text alone.

/** A list with room for `count` tokens, each a bar with its rank in each of the `others`. */
export function makeTokenRows(list, count, others) {
  list.replaceChildren()
  return Array.from({ length: count }, () => {
    const row = document.createElement("li")
    const bar = row.appendChild(document.createElement("i"))
    const text = row.appendChild(document.createElement("span"))
    const ranks = others.map((other) => [other, row.appendChild(document.createElement("small"))])
    list.appendChild(row)
    return { row, bar, text, ranks }
  })
}

/** Fills a list; `longest` is the logit of a bar as wide as the list. */
export function fillTokenRows(rows, tokens, longest, scale) {
  rows.forEach(({ row, bar, text, ranks: cells }, place) => {
    const token = tokens[place]
    row.style.visibility = token ? "visible" : "hidden"
    if (!token) return
    text.textContent = token.token
    bar.style.width = `${(100 * Math.max(0, token.logit)) / longest}%`
    bar.style.background = colourOf(token.rate, scale)
    bar.dataset.estimated = token.seen ? "" : "yes"
    row.dataset.logit = token.logit // unrounded, for whoever compares
    row.dataset.frequent = token.frequent ? "yes" : ""
    const ranks = Object.fromEntries(Object.entries(token.ranks).map(([list, rank]) => [list, rank ?? Infinity])) // JSON has no infinity
    const everywhere = Object.entries(ranks).map(([list, rank]) => `${placed(rank, tokens.length)} ${list}`)
    row.title = `logit ${token.logit.toFixed(2)}, ${told(token, scale)}\nrank in the whole vocabulary: ${everywhere.join(", ")}`
    for (const [other, cell] of cells) {
      const there = ranks[other]
      cell.textContent = there === undefined ? "" : arrow(place + 1, there, tokens.length)
      cell.title = there === undefined ? "" : `Rank ${placed(there, tokens.length)} ${other}, among the whole vocabulary`
    }
  })
}

/** How many of the tokens are among the most frequent ones. */
export function frequentOf(tokens) {
  return tokens.filter((token) => token.frequent).length
}

/** A colour of the scale for a rate, given as a power of ten per million tokens. */
export function colourOf(rate, { colours, ends: [rarest, commonest] }) {
  const place = Math.min(Math.max((rate - rarest) / (commonest - rarest), 0), 1) * (colours.length - 1)
  const step = Math.min(Math.floor(place), colours.length - 2)
  return `color-mix(in oklab, ${colours[step + 1]} ${100 * (place - step)}%, ${colours[step]})`
}

function told({ rate, seen, frequent }, { floor }) {
  const often = Math.max(10 ** rate - floor, 0)
  const written = often >= 10 ? Math.round(often).toLocaleString("en") : often.toFixed(1)
  const known = seen ? `${written} in a million tokens` : `not seen; ${written} in a million, estimated from the tokenizer's order`
  return frequent ? `${known}, among the most frequent` : known
}

/** A rank; one that is infinite is only known to lie below a list of that length. */
function placed(rank, length) {
  return rank === Infinity ? `after ${length}` : rank.toLocaleString("en")
}

/** Whether a token stands further up or further down in another list, and its rank there. */
function arrow(here, there, length) {
  if (here === there) return "="
  const rank = there > 9999 ? `${Math.round(there / 1000)}k` : there.toLocaleString("en")
  return `${there < here ? "▲" : "▼"} ${there === Infinity ? `> ${length}` : rank}`
}
