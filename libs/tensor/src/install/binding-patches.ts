/** A change to a source file of @tensorflow/tfjs-node-gpu before it is compiled. */
interface Patch {
  /** Text that stands in the file once; `addition` goes after it. */
  readonly after: string;
  readonly addition: string;
}

/** Attributes that list texts or types, which fused kernels take; the package only knows single ones. */
const PATCHES: readonly Patch[] = [
  {
    after: '    case TF_ATTR_STRING: {\n',
    addition: listCase({
      declare:
        'std::vector<std::string> texts(length); std::vector<const void*> data(length); std::vector<size_t> sizes(length);',
      take: 'nstatus = GetStringParam(env, element, texts[i]); data[i] = texts[i].data(); sizes[i] = texts[i].size();',
      set: 'TFE_OpSetAttrStringList(tfe_op, attr_name, data.data(), sizes.data(), static_cast<int>(length));',
    }),
  },
  {
    after: '    case TF_ATTR_TYPE: {\n',
    addition: listCase({
      declare: 'std::vector<TF_DataType> types(length);',
      take: 'int32_t type = 0; nstatus = napi_get_value_int32(env, element, &type); types[i] = static_cast<TF_DataType>(type);',
      set: 'TFE_OpSetAttrTypeList(tfe_op, attr_name, types.data(), static_cast<int>(length));',
    }),
  },
];

function listCase({ declare, take, set }: Readonly<Record<'declare' | 'take' | 'set', string>>): string {
  return `      if (IsArray(env, nstatus, &js_value)) {
        uint32_t length;
        nstatus = napi_get_array_length(env, js_value, &length);
        ENSURE_NAPI_OK(env, nstatus);
        ${declare}
        for (uint32_t i = 0; i < length; ++i) {
          napi_value element;
          nstatus = napi_get_element(env, js_value, i, &element);
          ENSURE_NAPI_OK(env, nstatus);
          ${take}
          ENSURE_NAPI_OK(env, nstatus);
        }
        ${set}
        break;
      }
`;
}

/**
 * The text of the package's tfjs_backend.cc with our additions.
 * @throws Error where the text is not the one that they were made for
 */
export function patchBinding(source: string): string {
  return PATCHES.reduce((text, { after, addition }) => {
    const parts = text.split(after);
    if (parts.length !== 2)
      throw new Error(`tfjs_backend.cc has ${parts.length - 1} places ${JSON.stringify(after.trim())}, not one`);
    return parts.join(after + addition);
  }, source);
}
