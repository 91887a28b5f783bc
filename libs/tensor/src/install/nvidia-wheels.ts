/** One wheel of PyPI, for CPython 3.11 where that matters (Python itself is not linked), on x86-64 Linux. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Prefixes of the members that are taken. */
  readonly members: readonly string[];
}

/**
 * What the extra `and-cuda` of tensorflow 2.21.0 names, the largest first, in versions inside the ranges that it gives:
 * the newest of CUDA 12, but the cuDNN that serves Pascal to Blackwell (newer ones begin with Turing), and the oldest
 * NCCL allowed, which nothing uses with one GPU. NVIDIA's licence terms apply to them.
 */
export const NVIDIA_WHEELS: readonly Wheel[] = [
  wheel('cudnn', '9.10.2.21', 706_758_467, '949452be657fa16687d0930933f032835951ef0892b37d2d53824d1a84dc97a8'),
  wheel('cublas', '12.9.3.13', 581_217_458, 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'),
  wheel('cusparse', '12.5.10.65', 366_465_088, '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'),
  wheel('cusolver', '11.7.5.82', 338_117_415, '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'),
  wheel('nccl', '2.27.7', 322_546_339, 'de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa'),
  wheel('cufft', '11.4.1.4', 200_877_592, 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'),
  wheel('cuda-nvrtc', '12.9.86', 89_568_129, '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'),
  wheel('curand', '10.3.10.19', 68_295_626, '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'),
  wheel('cuda-nvcc', '12.9.86', 40_546_229, '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'),
  wheel('nvjitlink', '12.9.86', 39_748_338, 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'),
  wheel('cuda-cupti', '12.9.79', 10_814_997, '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f'),
  wheel('cuda-runtime', '12.9.79', 3_493_179, '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'),
];

/** @param name without `nvidia-` and `-cu12` */
function wheel(name: string, version: string, sizeBytes: number, sha256: string): Wheel {
  const folder = name.replaceAll('-', '_');
  const parts = name === 'cuda-nvcc' ? ['bin', 'nvvm'] : ['lib'];
  return {
    package: `nvidia-${name}-cu12`,
    version,
    sha256,
    sizeBytes,
    members: [...parts.map((part) => `nvidia/${folder}/${part}/`), `nvidia_${folder}_cu12-${version}.dist-info/`],
  };
}
