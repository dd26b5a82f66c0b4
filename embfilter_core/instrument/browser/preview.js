// What a band says by the arithmetic alone, in the shape in which the library gives it of the directions that are kept.

/** The lists of runs of edges [start, stop): the tokens unfiltered, of what is removed and of what is kept. */
export function previewLists(tokens, runs, count) {
  const { texts, rates, frequent, seen, ranks, width } = tokens
  const whole = runs.reduce((all, [start, stop]) => all + stop - start, 0) === width - 1
  const kept = topTokens(tokens, runs, false, count)
  const removed = whole ? [] : topTokens(tokens, runs, true, count)
  // Which tokens come first is known for every band, and of all others only that they come later.
  const places = (list) => new Map(list.map(([row], place) => [row, place + 1]))
  const [inKept, inRemoved] = [places(kept), places(removed)]
  const entry = ([row, logit]) => ({
    token: texts[row],
    logit,
    rate: rates[row],
    frequent: frequent[row] === 1,
    seen: seen[row] === 1,
    ranks: {
      unfiltered: ranks[row],
      ...(whole ? {} : { removed: inRemoved.get(row) ?? Infinity }),
      kept: inKept.get(row) ?? Infinity,
    },
  })
  const unfiltered = topTokens(tokens, [[0, width - 1]], false, count)
  return { unfiltered: unfiltered.map(entry), removed: removed.map(entry), kept: kept.map(entry) }
}

/** The nearest texts unfiltered, by their cosines, and in runs of edges; equal texts stand as one. */
export function previewNeighbours(near, unfiltered, runs, count) {
  const cosines = cosinesOf(near, runs)
  const all = cosines.length
  const order = (scores) => largest(all, (row) => scores[row], all).map(([row]) => row)
  const orders = { unfiltered: order(unfiltered), filtered: order(cosines) }
  const rank = Object.fromEntries(
    Object.entries(orders).map(([side, rows]) => [side, rows.reduce((ranks, row, place) => ranks.set(row, place + 1), new Map())]),
  )
  const entry = (row) => ({
    text: near.texts[row],
    position: near.positions[row],
    copies: near.copies[row],
    unfiltered: { cosine: unfiltered[row], rank: rank.unfiltered.get(row) },
    filtered: { cosine: cosines[row], rank: rank.filtered.get(row) },
  })
  return Object.fromEntries(Object.entries(orders).map(([side, rows]) => [side, rows.slice(0, count).map(entry)]))
}
