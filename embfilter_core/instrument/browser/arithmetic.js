// The arithmetic of the instrument: what every band says, from sums up to the edges of a grid over the directions.
// Nothing here touches the page, so that all of it is tested by itself.

const KINDS = { f4: Float32Array, i4: Int32Array, u2: Uint16Array, u1: Uint8Array }

/** An array from a string such as `f4:AACAPw==`, little-endian. */
export function unpack(packed) {
  const [kind, base64] = packed.split(":")
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i) // ten times as fast as Uint8Array.from: a page waits for it
  return new KINDS[kind](bytes.buffer)
}

/** What the tokens of a text need: logits up to each edge, in steps of each row's own size. */
export function unpackTokens(tokens, edges) {
  return {
    width: edges.length,
    texts: tokens.texts,
    levels: unpack(tokens.levels),
    steps: unpack(tokens.steps),
    offsets: unpack(tokens.offsets),
    ranks: unpack(tokens.ranks),
    rates: unpack(tokens.rates),
    frequent: unpack(tokens.frequent),
    seen: unpack(tokens.seen),
  }
}

export function unpackNear(near, edges) {
  return {
    width: edges.length,
    texts: near.texts,
    positions: near.positions,
    copies: near.copies,
    facts: near.facts,
    dots: prefixSums(unpack(near.dots), edges.length - 1),
    squares: prefixSums(unpack(near.squares), edges.length - 1),
    query: prefixSums(unpack(near.query), edges.length - 1),
  }
}

export function unpackMeasured(measured) {
  const [starts, stops, gains, low, high] = ["starts", "stops", "gains", "low", "high"].map((name) => unpack(measured[name]))
  return { starts, stops, gains, low, high }
}

/** The measured band whose ends are nearest to those of a band of directions; of equally near ones the first. */
export function nearestMeasured({ starts, stops, gains, low, high }, [start, stop]) {
  const away = (at) => Math.abs(starts[at] - start) + Math.abs(stops[at] - stop)
  let found = 0
  for (let at = 1; at < starts.length; at++) if (away(at) < away(found)) found = at
  return { start: starts[found], stop: stops[found], gain: gains[found], low: low[found], high: high[found] }
}

/** Sums up to each edge from those of each step, row after row; in 64 bits, so that a difference keeps what is small. */
export function prefixSums(parts, steps) {
  const sums = new Float64Array((parts.length / steps) * (steps + 1))
  for (let row = 0, at = 0; row < parts.length; row += steps, at++)
    for (let step = 0; step < steps; step++, at++) sums[at + 1] = sums[at] + parts[row + step]
  return sums
}

/** The `count` largest of `size` scores as [index, score], best first, ties by index. */
export function largest(size, scoreOf, count) {
  const best = []
  for (let index = 0; index < size; index++) {
    const score = scoreOf(index)
    if (best.length === count && score <= best[count - 1][1]) continue
    let place = best.length
    while (place > 0 && best[place - 1][1] < score) place--
    best.splice(place, 0, [index, score])
    if (best.length > count) best.pop()
  }
  return best
}

/** The tokens with the largest logits in the runs of edges [start, stop), or outside of them, as [index, logit]. */
export function topTokens(tokens, runs, removed, count) {
  const { width, levels, steps, offsets } = tokens
  const last = width - 1
  return largest(
    offsets.length,
    (row) => {
      const at = row * width
      let sum = removed ? levels[at + last] - levels[at] : 0
      for (const [start, stop] of runs) sum += (removed ? -1 : 1) * (levels[at + stop] - levels[at + start])
      return offsets[row] + steps[row] * sum
    },
    count,
  )
}

/** Cosines of all texts to the query in the runs of edges [start, stop). */
export function cosinesOf(near, runs) {
  const { width, dots, squares, query } = near
  const sum = (sums, row) => runs.reduce((all, [start, stop]) => all + sums[row * width + stop] - sums[row * width + start], 0)
  const length = sum(query, 0)
  return Float64Array.from({ length: dots.length / width }, (_, row) => {
    const product = sum(squares, row) * length
    return product > 0 ? sum(dots, row) / Math.sqrt(product) : 0
  })
}

/** Share of the energy that runs of directions [start, stop) leave out. */
export function energyRemoved(energies, runs) {
  let kept = 0
  for (const [start, stop] of runs) for (let i = start; i < stop; i++) kept += energies[i]
  return Math.max(0, 1 - kept)
}

/** Where a direction lies across the plot, 0 to 1: every step of the grid is equally wide, so that the ends have room. */
export function shareOf(direction, edges) {
  const last = edges.length - 1
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (edges[middle] <= direction) low = middle
    else high = middle
  }
  return (low + (direction - edges[low]) / (edges[low + 1] - edges[low])) / last
}

/** The direction at a share of the width, a whole number. */
export function directionAt(share, edges) {
  const last = edges.length - 1
  const place = Math.min(Math.max(share, 0), 1) * last
  const edge = Math.min(Math.floor(place), last - 1)
  return Math.min(Math.floor(edges[edge] + (place - edge) * (edges[edge + 1] - edges[edge])), edges[last] - 1)
}

/** The edge of the grid nearest to a share of the width. */
export function edgeAt(share, edges) {
  return Math.round(Math.min(Math.max(share, 0), 1) * (edges.length - 1))
}

/** The edge of the grid nearest to a direction. */
export function edgeOf(direction, edges) {
  return edgeAt(shareOf(direction, edges), edges)
}

/** Which part of the band a press at `share` takes: `start`, `stop`, or `middle` well inside it. */
export function partAt(share, startShare, stopShare, reach) {
  const toStart = Math.abs(share - startShare)
  const toStop = Math.abs(share - stopShare)
  if (Math.min(toStart, toStop) > reach && share > startShare && share < stopShare) return "middle"
  if (toStart === toStop) return share < startShare ? "start" : "stop"
  return toStart < toStop ? "start" : "stop"
}

/** The band after one of its parts moves by whole steps; it keeps at least one step, and `middle` keeps their number. */
export function moved([start, stop], part, by, last) {
  if (part === "start") return [Math.min(Math.max(start + by, 0), stop - 1), stop]
  if (part === "stop") return [start, Math.max(Math.min(stop + by, last), start + 1)]
  const step = Math.min(Math.max(by, -start), last - stop)
  return [start + step, stop + step]
}

/** How far a key moves a part of the band, in steps; undefined for other keys. */
export function keyStep(event, part, [start, stop], last) {
  const far = event.shiftKey ? 5 : 1
  const steps = { ArrowLeft: -far, ArrowDown: -far, ArrowRight: far, ArrowUp: far, PageDown: -5, PageUp: 5 }
  if (event.key in steps) return steps[event.key]
  const here = part === "stop" ? stop : start
  if (event.key === "Home") return -here
  if (event.key === "End") return last - here
  return undefined
}

/** Numbers to write on a logarithmic axis from `low` to `high`: 1, 2 and 5 times powers of ten. */
export function logTicks(low, high) {
  const ticks = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const digit of [1, 2, 5]) {
      const tick = digit * 10 ** power
      if (tick >= low && tick <= high) ticks.push(tick)
    }
  return ticks
}

/** Bytes of a million vectors of k 32-bit floats, as `1.15 GB`. */
export function bytesPerMillion(k) {
  const bytes = 4e6 * k
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(0)} MB`
}
