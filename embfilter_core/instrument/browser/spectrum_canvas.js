// The singular values on a logarithmic axis, what is kept in full colour, what is left out pale and hatched.

const AXIS_PX = 20
const SCALE_PX = 38
const LABEL_PX = 46
const HATCH_PX = 6

/** Draws the spectrum; `runs` are the kept directions as [start, stop). */
export function drawSpectrum(plot, canvas, { values, edges, decided }, runs, pointed) {
  const { width, height, pen } = fitted(plot, canvas)
  const inside = { left: SCALE_PX, width: width - SCALE_PX, height: height - AXIS_PX }
  const colours = coloursOf(plot)
  const low = Math.max(values[values.length - 1], values[0] * 1e-6) * 0.8
  const y = (value) => inside.height * (1 - Math.log(Math.max(value, low) / low) / Math.log((values[0] * 1.15) / low))
  const x = (direction) => inside.left + inside.width * shareOf(direction, edges)
  const curve = curvePath(values, edges, inside, y)
  pen.fillStyle = colours.leftOut
  pen.fill(curve)
  hatch(pen, curve, inside, colours)
  pen.save()
  pen.beginPath()
  for (const [start, stop] of runs) pen.rect(x(start), 0, x(stop) - x(start), inside.height)
  pen.clip()
  pen.fillStyle = colours.kept
  pen.fill(curve)
  pen.restore()
  drawScale(pen, values, low, y, colours)
  drawDirections(pen, edges, x, inside, height, colours)
  if (decided) drawDecided(pen, x(decided[0]), x(decided[1]), inside.height, colours)
  if (pointed === null) return
  pen.fillStyle = colours.ink
  pen.fillRect(x(pointed), 0, Math.max(1, x(pointed + 1) - x(pointed)), 3)
  pen.fillRect(x(pointed), y(values[pointed]) - 1, Math.max(2, x(pointed + 1) - x(pointed)), 2)
}

/** A dashed frame around the band that was decided on. */
function drawDecided(pen, left, right, height, { ink }) {
  pen.save()
  pen.strokeStyle = ink
  pen.lineWidth = 1.5
  pen.setLineDash([5, 3])
  pen.strokeRect(left, 1, right - left, height - 1)
  pen.setLineDash([])
  pen.fillStyle = ink
  pen.font = "12px sans-serif"
  pen.textAlign = "right"
  pen.textBaseline = "top"
  pen.fillText("decided", Math.max(right - 4, 90), 4)
  pen.restore()
}

/** Share of the plot's width at a place of the page, 0 at the left end of the curve. */
export function plotShare(plot, clientX) {
  const box = plot.getBoundingClientRect()
  return (clientX - box.left - SCALE_PX) / (box.width - SCALE_PX)
}

/** Where a share of the curve lies in the plot, in pixels. */
export function plotPixels(plot, share) {
  return SCALE_PX + share * (plot.clientWidth - SCALE_PX)
}

function fitted(plot, canvas) {
  const [width, height, scale] = [plot.clientWidth, plot.clientHeight, window.devicePixelRatio || 1]
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
  }
  const pen = canvas.getContext("2d")
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.clearRect(0, 0, width, height)
  return { width, height, pen }
}

/** Colours of the theme, resolved by the browser. */
function coloursOf(plot) {
  const of = (name) => getComputedStyle(plot.querySelector(`.probe.${name}`)).color
  return { ink: of("ink"), kept: of("kept-colour"), leftOut: of("left-out-colour"), hatch: of("hatch-colour") }
}

function curvePath(values, edges, { left, width, height }, y) {
  const path = new Path2D()
  path.moveTo(left, height)
  for (let pixel = 0; pixel < width; pixel++) {
    const top = y(values[directionAt((pixel + 0.5) / width, edges)])
    path.lineTo(left + pixel, top)
    path.lineTo(left + pixel + 1, top)
  }
  path.lineTo(left + width, height)
  path.closePath()
  return path
}

// Lines, not a pattern: a busy Chromium says at times that the canvas of its tile has no height, and draws nothing.
function hatch(pen, curve, { left, width, height }, { hatch }) {
  pen.save()
  pen.clip(curve)
  pen.strokeStyle = hatch
  pen.lineWidth = 1
  pen.beginPath()
  for (let from = left - height; from < left + width; from += HATCH_PX) {
    pen.moveTo(from, height)
    pen.lineTo(from + height, 0)
  }
  pen.stroke()
  pen.restore()
}

function drawScale(pen, values, low, y, { ink }) {
  pen.fillStyle = ink
  pen.font = "12px sans-serif"
  pen.textAlign = "right"
  pen.textBaseline = "middle"
  let above = Infinity
  for (const tick of logTicks(low, values[0] * 1.15)) {
    if (above - y(tick) < 16 || y(tick) < 7) continue
    above = y(tick)
    pen.fillText(String(tick), SCALE_PX - 6, above)
    pen.fillRect(SCALE_PX - 4, above, 4, 1)
  }
}

/** Numbers of directions below the curve, as many as have room. */
function drawDirections(pen, edges, x, { left, width }, height, { ink }) {
  pen.fillStyle = ink
  pen.textBaseline = "bottom"
  const d = edges[edges.length - 1]
  const wanted = [0, d - 1, 5, d - 6, 10, d - 11, 20, d - 21, ...edges.filter((edge) => edge < d)]
  const taken = []
  for (const direction of wanted) {
    const middle = (x(direction) + x(direction + 1)) / 2
    if (direction < 0 || direction >= d || taken.some((other) => Math.abs(other - middle) < LABEL_PX)) continue
    taken.push(middle)
    pen.textAlign = middle < left + 12 ? "left" : middle > left + width - 18 ? "right" : "center"
    pen.fillText(String(direction), Math.min(Math.max(middle, left), left + width), height)
    pen.fillRect(middle, height - AXIS_PX, 1, 4)
  }
}
