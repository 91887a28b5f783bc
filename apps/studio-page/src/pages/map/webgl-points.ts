import type { PointFrame, PointPainter } from './point-painter';
import { opacityOf } from './point-painter';

const COLOURS = 16;

const VERTEX = `#version 300 es
in vec2 place;
in uint code;
uniform vec4 view;
uniform float skew;
uniform float size;
uniform vec3 palette[${COLOURS}];
uniform vec2 opacity;
out vec4 colour;
void main() {
  float strength = (code & 128u) != 0u ? opacity.x : opacity.y;
  vec2 at = vec2(place.x + place.y * skew, place.y);
  // What is not drawn lies outside of what can be seen.
  gl_Position = (code & 64u) != 0u ? vec4(at * view.xy + view.zw, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size;
  colour = vec4(palette[int(code & 15u)] * strength, strength);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 colour;
uniform float size;
out vec4 pixel;
void main() {
  vec2 from = gl_PointCoord - 0.5;
  if (size > 3.0 && dot(from, from) > 0.25) discard;
  pixel = colour;
}`;

interface Drawing {
  readonly program: WebGLProgram;
  readonly places: WebGLBuffer | null;
  readonly codes: WebGLBuffer | null;
}

/** Points by WebGL2: one buffer of places, one of a byte each. A context that is lost is built up again as it comes back. */
export class WebglPoints implements PointPainter {
  readonly isWebgl = true;
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  #places = new Uint16Array(0);
  #codes = new Uint8Array(0);
  #frame: PointFrame | null = null;
  #drawing: Drawing | null;

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext) {
    this.#canvas = canvas;
    this.#gl = gl;
    canvas.addEventListener('webglcontextlost', this.#lose);
    canvas.addEventListener('webglcontextrestored', this.#restore);
    this.#drawing = this.#build();
  }

  setPlaces(places: Uint16Array<ArrayBuffer>): void {
    this.#places = places;
    if (this.#drawing !== null) this.#fill(this.#drawing.places, places);
  }

  setCodes(codes: Uint8Array<ArrayBuffer>): void {
    this.#codes = codes;
    if (this.#drawing !== null) this.#fill(this.#drawing.codes, codes);
  }

  draw(frame: PointFrame): void {
    this.#frame = frame;
    const gl = this.#gl;
    const drawing = this.#drawing;
    if (drawing === null) return;
    const { width, height } = this.#canvas;
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const count = Math.min(this.#codes.length, this.#places.length / 2);
    if (count === 0) return;
    const { view, ratio, palette, hasChosen } = frame;
    const { program } = drawing;
    const uniform = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
    const [perX, perY] = [(2 * ratio) / width, (2 * ratio) / height];
    gl.uniform4f(
      uniform('view'),
      view.side * perX,
      view.side * view.plane.height * perY,
      view.x * perX - 1,
      1 - view.y * perY,
    );
    gl.uniform1f(uniform('skew'), view.plane.skew);
    gl.uniform1f(uniform('size'), Math.max(1, frame.pointPixels * ratio));
    const colours = new Float32Array(3 * COLOURS);
    palette.slice(0, COLOURS).forEach((rgb, at) => colours.set(rgb.map((value) => value / 255), 3 * at)); // prettier-ignore
    gl.uniform3fv(uniform('palette'), colours);
    const one = opacityOf(count, false);
    gl.uniform2f(uniform('opacity'), one, hasChosen ? opacityOf(count, true) : one);
    gl.drawArrays(gl.POINTS, 0, count);
  }

  close(): void {
    this.#canvas.removeEventListener('webglcontextlost', this.#lose);
    this.#canvas.removeEventListener('webglcontextrestored', this.#restore);
    const drawing = this.#drawing;
    if (drawing === null) return;
    this.#gl.deleteBuffer(drawing.places);
    this.#gl.deleteBuffer(drawing.codes);
    this.#gl.deleteProgram(drawing.program);
    this.#drawing = null;
  }

  readonly #lose = (event: Event): void => {
    // Else it never comes back.
    event.preventDefault();
    this.#drawing = null;
  };

  readonly #restore = (): void => {
    this.#drawing = this.#build();
    this.setPlaces(this.#places);
    this.setCodes(this.#codes);
    if (this.#frame !== null) this.draw(this.#frame);
  };

  #build(): Drawing | null {
    const gl = this.#gl;
    const program = gl.createProgram();
    for (const [type, source] of [
      [gl.VERTEX_SHADER, VERTEX],
      [gl.FRAGMENT_SHADER, FRAGMENT],
    ] as const) {
      const shader = gl.createShader(type);
      if (shader === null) return null;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      gl.deleteShader(shader);
    }
    gl.linkProgram(program);
    if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) return null;
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const [places, codes] = [gl.createBuffer(), gl.createBuffer()];
    const [place, code] = [gl.getAttribLocation(program, 'place'), gl.getAttribLocation(program, 'code')];
    gl.bindBuffer(gl.ARRAY_BUFFER, places);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 2, gl.UNSIGNED_SHORT, true, 4, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, codes);
    gl.enableVertexAttribArray(code);
    gl.vertexAttribIPointer(code, 1, gl.UNSIGNED_BYTE, 1, 0);
    return { program, places, codes };
  }

  #fill(buffer: WebGLBuffer | null, numbers: Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>): void {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, numbers, gl.DYNAMIC_DRAW);
  }
}
