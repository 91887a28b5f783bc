export type { FilterTexts } from './column-filters';
export type { DecidedImage } from './apply-decision';
export { ImageLists } from './image-lists';
export type { ListRequest } from './image-lists';
export { readColumns, writeColumns } from './columns-file';
export { ColumnsBuilder, DECIDED_STATES, digestOf, IMAGE_ENCODINGS, NO_CLASS, NO_KIND } from './image-columns';
export type { ColumnImage, ImageColumns } from './image-columns';
