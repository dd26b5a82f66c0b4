// The arithmetic of the band brush: sums over blocks of singular directions, and where a drag takes the band.
// Nothing here touches the page, so that all of it is tested by itself.

/** A base64 string of little-endian 32-bit floats. */
export function decodeFloats(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return new Float32Array(bytes.buffer)
}

/** Prefix sums of each row of a rows x blocks array: rows x (blocks + 1), each row starting at 0. */
export function prefixSums(parts, blocks) {
  const rows = parts.length / blocks
  const sums = new Float64Array(rows * (blocks + 1))
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const at = row * (blocks + 1) + block
      sums[at + 1] = sums[at] + parts[row * blocks + block]
    }
  }
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

/** The tokens with the largest logits for the blocks start .. stop - 1, as [index, logit]. */
export function topTokens(tokens, blocks, start, stop, count) {
  const { prefix, offsets } = tokens
  const width = blocks + 1
  return largest(offsets.length, (i) => offsets[i] + prefix[i * width + stop] - prefix[i * width + start], count)
}

/** The texts with the largest cosines to the query for the blocks start .. stop - 1, as [index, cosine]. */
export function topNeighbours(neighbours, blocks, start, stop, count) {
  const { dots, squares, query } = neighbours
  const width = blocks + 1
  const between = (sums, row) => sums[row * width + stop] - sums[row * width + start]
  const length = between(query, 0)
  const cosine = (row) => {
    const product = between(squares, row) * length
    return product > 0 ? between(dots, row) / Math.sqrt(product) : 0
  }
  return largest(dots.length / width, cosine, count)
}

/** The grid edge nearest to a share (0 to 1) of the width. */
export function nearestEdge(share, edges) {
  const last = edges.length - 1
  const wanted = Math.min(Math.max(share, 0), 1) * edges[last]
  let nearest = 0
  for (let edge = 1; edge <= last; edge++) {
    if (Math.abs(edges[edge] - wanted) < Math.abs(edges[nearest] - wanted)) nearest = edge
  }
  return nearest
}

/** Which part of the band a press at `share` takes: `start`, `stop`, or `middle` well inside it. */
export function partAt(share, startShare, stopShare, reach) {
  const toStart = Math.abs(share - startShare)
  const toStop = Math.abs(share - stopShare)
  if (Math.min(toStart, toStop) > reach && share > startShare && share < stopShare) return "middle"
  if (toStart === toStop) return share < startShare ? "start" : "stop"
  return toStart < toStop ? "start" : "stop"
}

/** The band after one of its parts moves by whole edges; it keeps at least one block, and `middle` keeps its width. */
export function moved([start, stop], part, by, blocks) {
  if (part === "start") return [Math.min(Math.max(start + by, 0), stop - 1), stop]
  if (part === "stop") return [start, Math.max(Math.min(stop + by, blocks), start + 1)]
  const step = Math.min(Math.max(by, -start), blocks - stop)
  return [start + step, stop + step]
}

/** How far a key moves a part of the band, in edges; undefined for other keys. */
export function keyStep(key, part, [start, stop], blocks) {
  const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -6, PageUp: 6 }
  if (key in steps) return steps[key]
  const here = part === "stop" ? stop : start
  if (key === "Home") return -here
  if (key === "End") return blocks - here
  return undefined
}

/** Bytes of a million vectors of k 32-bit floats, as `1.15 GB`. */
export function bytesPerMillion(k) {
  const bytes = 4e6 * k
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(0)} MB`
}
