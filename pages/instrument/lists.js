// Lists of tokens. Tokens are not ours: they reach the page as text alone.

/** A list with room for `count` tokens, each a bar with its place in another list. */
export function makeTokenRows(list, count) {
  list.replaceChildren()
  return Array.from({ length: count }, () => {
    const row = document.createElement("li")
    const bar = row.appendChild(document.createElement("i"))
    const text = row.appendChild(document.createElement("span"))
    const rank = row.appendChild(document.createElement("small"))
    list.appendChild(row)
    return { row, bar, text, rank }
  })
}

/** Fills a list; `longest` is the logit of a bar as wide as the list, `other` names the list that ranks are told of. */
export function fillTokenRows(rows, tokens, longest, other, scale) {
  rows.forEach(({ row, bar, text, rank }, place) => {
    const token = tokens[place]
    row.style.visibility = token ? "visible" : "hidden"
    if (!token) return
    text.textContent = token.token
    bar.style.width = `${(100 * Math.max(0, token.logit)) / longest}%`
    bar.style.background = colourOf(token.rate, scale)
    bar.dataset.estimated = token.seen ? "" : "yes"
    row.dataset.logit = token.logit // unrounded, for whoever compares
    row.dataset.frequent = token.frequent ? "yes" : ""
    const ranks = Object.entries(token.ranks).map(([list, rank]) => `${placed(rank, tokens.length)} ${list}`)
    row.title = `logit ${token.logit.toFixed(2)}, ${told(token, scale)}\nrank in the whole vocabulary: ${ranks.join(", ")}`
    const there = token.ranks[other]
    rank.textContent = there === undefined ? "" : arrow(place + 1, there, other, tokens.length)
    rank.title = there === undefined ? "" : `Rank ${placed(there, tokens.length)} ${other}, among the whole vocabulary`
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

/** Where a token comes from, or where the filter takes it: up, down, and its rank there. */
function arrow(here, there, other, length) {
  if (here === there) return "="
  const rises = other === "kept" ? there < here : there > here
  const rank = there > 9999 ? `${Math.round(there / 1000)}k` : there
  return `${rises ? "▲" : "▼"} ${there === Infinity ? `> ${length}` : rank}`
}
