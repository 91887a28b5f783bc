// Makes an operation and its kernel for processors known to TensorFlow.
#pragma once

#include <initializer_list>

#include "kernel.h"

namespace winnow {

struct KernelDefinition {
  const char* name;
  std::initializer_list<const char*> inputs, outputs, attributes;
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

inline void RegisterKernel(const KernelDefinition& kernel) {
  Status status;
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(kernel.name);
  for (const char* input : kernel.inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : kernel.outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  for (const char* attribute : kernel.attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, &UnknownShapes);
  TF_RegisterOpDefinition(op, status.get());
  if (!status.ok()) return;
  TF_RegisterKernelBuilder(kernel.name,
                           TF_NewKernelBuilder(kernel.name, "CPU", kernel.create, kernel.compute, kernel.destroy),
                           status.get());
}

inline void* NoAttributes(TF_OpKernelConstruction*) { return nullptr; }
inline void NothingToDelete(void*) {}

}  // namespace winnow
