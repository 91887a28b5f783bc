import type { DrawnImages, ImageDraw, Renderer } from './image-draw';

type Drawn = Promise<readonly DrawnImages[]>;

/** Asks for the images of coming steps while the current one computes; at most `renderer.ahead` steps early. */
export class DrawAhead {
  readonly #renderer: Renderer;
  readonly #draw: (step: number) => readonly ImageDraw[];
  readonly #endStep: number;
  readonly #waiting = new Map<number, Drawn>();
  #taken: readonly DrawnImages[] = [];

  /** @param endStep first step that will not be asked for */
  constructor(renderer: Renderer, draw: (step: number) => readonly ImageDraw[], endStep: number) {
    this.#renderer = renderer;
    this.#draw = draw;
    this.#endStep = endStep;
  }

  /**
   * The step's images; steps are taken in order, from any first one. They are good until the next step is taken: then
   * their memory is used again.
   * @throws WinnowError as the renderer
   */
  async take(step: number): Promise<readonly DrawnImages[]> {
    this.#renderer.recycle(this.#taken);
    this.#taken = [];
    const last = Math.min(step + this.#renderer.ahead, this.#endStep - 1);
    for (let early = step; early <= last; early += 1) {
      if (!this.#waiting.has(early)) this.#waiting.set(early, this.#ask(early));
    }
    const drawn = this.#waiting.get(step) ?? this.#ask(step);
    this.#waiting.delete(step);
    this.#taken = await drawn;
    return this.#taken;
  }

  #ask(step: number): Drawn {
    const drawn = this.#renderer.render(this.#draw(step));
    // A failure is reported to whoever takes the step, and to nobody if the run ends before.
    drawn.catch(() => undefined);
    return drawn;
  }
}
