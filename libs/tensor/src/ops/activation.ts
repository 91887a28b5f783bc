/**
 * What follows a layer, of each value z: nothing; relu max(z, 0); relu6 that and no more than 6; hard-sigmoid
 * relu6(z + 3) / 6; hard-swish z hard-sigmoid(z); sigmoid 1 / (1 + e^-z); silu z sigmoid(z).
 */
export type Activation = 'none' | 'relu' | 'relu6' | 'hard-sigmoid' | 'hard-swish' | 'sigmoid' | 'silu';
