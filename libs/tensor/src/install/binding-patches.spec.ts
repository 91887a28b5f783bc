import { bindingSources } from './binding-sources';
import { patchBinding } from './binding-patches';

describe('patchBinding', () => {
  it('lets attributes list texts and types', () => {
    const { backend } = bindingSources();
    expect(backend).toMatch(/case TF_ATTR_STRING: \{\n\s+if \(IsArray/);
    expect(backend).toMatch(/case TF_ATTR_TYPE: \{\n\s+if \(IsArray/);
    expect(backend).toContain('TFE_OpSetAttrStringList(');
    expect(backend).toContain('TFE_OpSetAttrTypeList(');
  });

  it('refuses a text that it was not made for', () => {
    expect(() => patchBinding('int main() {}')).toThrow(/0 places "case TF_ATTR_STRING: \{", not one/);
  });
});
