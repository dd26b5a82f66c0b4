// The spectrum on the canvas, and the handles of the band above it.

const HEIGHT = 150

/** Draw the singular values, those of the kept bands of directions in the one colour and the others in the other. */
export function drawSpectrum(canvas, values, d, bands, colours) {
  const width = canvas.clientWidth
  const scale = window.devicePixelRatio || 1
  if (canvas.width !== Math.round(width * scale)) {
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(HEIGHT * scale)
  }
  const pen = canvas.getContext("2d")
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.clearRect(0, 0, width, HEIGHT)
  const curve = spectrumPath(values, width)
  pen.fillStyle = colours.leftOut
  pen.fill(curve)
  pen.save()
  pen.beginPath()
  for (const [start, stop] of bands) pen.rect((start / d) * width, 0, ((stop - start) / d) * width, HEIGHT)
  pen.clip()
  pen.fillStyle = colours.kept
  pen.fill(curve)
  pen.restore()
}

/** Put the handles to both ends and the middle of a band, and say where they are. */
export function placeHandles(handles, [start, stop], d, draggable) {
  const at = { start, stop, middle: (start + stop) / 2 }
  const said = { start: `direction ${start}`, stop: `direction ${stop - 1}`, middle: `directions ${start} to ${stop - 1}` }
  for (const [part, handle] of Object.entries(handles)) {
    handle.style.left = `${(100 * at[part]) / d}%`
    handle.hidden = !draggable
    handle.setAttribute("aria-valuemax", d)
    handle.setAttribute("aria-valuenow", Math.round(at[part]))
    handle.setAttribute("aria-valuetext", `${said[part]} of ${d}`)
  }
}

/** The singular values as a filled curve on a logarithmic axis; a pixel column shows the largest of its values. */
function spectrumPath(values, width) {
  const top = Math.log(values[0])
  const bottom = Math.log(Math.max(values[values.length - 1], values[0] * 1e-6)) - 0.15
  const path = new Path2D()
  path.moveTo(0, HEIGHT)
  for (let x = 0; x < width; x++) {
    const value = Math.max(values[Math.floor((x * values.length) / width)], values[0] * 1e-6)
    const y = HEIGHT - ((Math.log(value) - bottom) / (top - bottom)) * (HEIGHT - 6)
    path.lineTo(x, y)
    path.lineTo(x + 1, y)
  }
  path.lineTo(width, HEIGHT)
  path.closePath()
  return path
}
