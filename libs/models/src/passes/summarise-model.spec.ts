import { onEngines, tf } from '@winnow/tensor';
import { CountingPass } from './counting-pass';
import { MODEL_NAMES, MODELS, type ModelName } from '../create-model';
import { summariseModel } from './summarise-model';

const count = (name: ModelName, classCount = 10) => summariseModel(name, { classCount });

onEngines(() => {
  describe('summariseModel', () => {
    it.each([
      // torchvision's table of weights: parameters, and GFLOPS, which are multiply-adds.
      ['resnet18', 1000, 11_689_512, 1.814e9],
      ['resnet34', 1000, 21_797_672, 3.664e9],
      // timm's networks: parameters, and half of what PyTorch's FlopCounterMode counts, attention's products among it.
      ['convnext-atto', 1000, 3_695_520, 547_332_480],
      ['convnext-femto', 1000, 5_217_784, 779_629_824],
      ['vit-tiny', 1000, 5_717_416, 1_253_683_200],
      ['resnet50', 1000, 25_557_032, 4.089e9],
      ['mobilenetv2', 1000, 3_504_872, 0.301e9],
      ['mobilenetv3-small', 1000, 2_542_856, 0.057e9],
      ['mobilenetv3-large', 1000, 5_483_032, 0.217e9],
      ['efficientnet-b0', 1000, 5_288_548, 0.386e9],
    ] as const)('counts %s as torchvision does', (name, classes, parameters, multiplyAdds) => {
      const summary = count(name, classes);
      expect(summary).toMatchObject({ name, size: 224, parameters });
      // The table has whole millions.
      expect(Math.abs(summary.multiplyAdds - multiplyAdds)).toBeLessThan(0.6e6);
    });

    it.each([
      // He et al., table 6, and Zagoruyko and Komodakis, table 4, in millions.
      ['resnet20', 0.27, 2],
      ['resnet32', 0.46, 1],
      ['resnet56', 0.85, 1],
      ['resnet110', 1.7, 1],
      ['wrn-16-1', 0.2, 1],
      ['wrn-16-2', 0.7, 1],
      ['wrn-40-1', 0.6, 1],
      ['wrn-40-2', 2.2, 1],
    ] as const)('counts the parameters of %s: %f million', (name, millions, digits) => {
      expect(count(name).parameters / 1e6).toBeCloseTo(millions, digits);
    });

    it.each([
      // Howard et al., tables 6 and 8, in millions.
      ['mobilenetv1', 569, 4.2],
      ['mobilenetv1-05', 149, 1.3],
      ['mobilenetv1-025', 41, 0.5],
    ] as const)('counts %s as its paper does: %f and %f million', (name, multiplyAdds, parameters) => {
      const summary = count(name, 1000);
      expect(Math.round(summary.multiplyAdds / 1e6)).toBe(multiplyAdds);
      expect(summary.parameters / 1e6).toBeCloseTo(parameters, 1);
    });

    it('counts the multiply-adds of resnet20: 41 million', () => {
      expect(Math.round(count('resnet20').multiplyAdds / 1e6)).toBe(41);
    });

    it('counts resnet8 by hand, layer by layer', () => {
      const stage = (locations: number, width: number, from: number) => locations * 9 * (from * width + width * width);
      const trunk = stage(1024, 16, 16) + stage(256, 32, 16) + stage(64, 64, 32);
      const multiplyAdds = 1024 * 9 * 3 * 16 + trunk + 256 * 16 * 32 + 64 * 32 * 64 + 64 * 10;
      const activations = 1024 * 16 * 3 + 256 * 32 * 3 + 64 * 64 * 3;
      expect(count('resnet8')).toEqual({
        ...{ name: 'resnet8', size: 32, parameters: 78_042, multiplyAdds, activations },
        featureDim: 64,
      });
    });

    it('follows the size of the images', () => {
      const [small, large] = [16, 32].map((size) => summariseModel('wrn-16-1', { classCount: 10, size }));
      const classifier = 64 * 10;
      expect((large?.multiplyAdds as number) - classifier).toBe(4 * ((small?.multiplyAdds as number) - classifier));
    });

    it('leaves no tensor behind', () => {
      const before = tf.memory().numTensors;
      for (const name of MODEL_NAMES) expect(count(name).size).toBe(MODELS[name].imageSize);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  describe('CountingPass', () => {
    it('counts a layer of each kind', () => {
      tf.tidy(() => {
        const pass = new CountingPass();
        const x = tf.zeros<tf.Rank.R4>([1, 9, 7, 4]);
        const filter = (shape: [number, number, number, number]) => tf.variable(tf.zeros<tf.Rank.R4>(shape));
        const wide = pass.convolve(x, { filter: filter([3, 3, 4, 6]), stride: 2, padding: 1 });
        expect(wide.shape).toEqual([1, 5, 4, 6]);
        expect(pass.multiplyAdds).toBe(20 * 9 * 4 * 6);
        const deep = pass.convolve(wide, { filter: filter([3, 3, 6, 1]), stride: 1, padding: 1, depthwise: true });
        expect(deep.shape).toEqual([1, 5, 4, 6]);
        expect(pass.multiplyAdds).toBe(20 * 9 * 4 * 6 + 20 * 9 * 6);
        pass.convolve(deep, { filter: filter([1, 1, 6, 8]), stride: 1, padding: 0 });
        expect(pass.multiplyAdds).toBe(20 * 9 * 4 * 6 + 20 * 9 * 6 + 20 * 6 * 8);
      });
      tf.disposeVariables();
    });
  });
}, ['wasm']);
