'use strict';
/**
 * Reads one Parquet file on a thread of its own, which can be ended: a page of some bytes may state billions of values. Plain
 * JavaScript: a worker thread starts without the main thread's hook for TypeScript. Its messages are described in parquet-table.ts.
 */
const { parentPort, workerData } = require('node:worker_threads');

const opened = open();

parentPort.on('message', async (request) => {
  try {
    const { hyparquet, file, metadata } = await opened;
    if (request === 'describe') parentPort.postMessage({ value: describe(hyparquet, { file, metadata }) });
    else parentPort.postMessage({ value: await hyparquet.parquetReadObjects({ file, metadata, ...request }) });
  } catch (error) {
    parentPort.postMessage({ failure: String(error).slice(0, 300) });
  }
});

async function open() {
  const hyparquet = await import('hyparquet');
  const file = await hyparquet.asyncBufferFromFile(workerData.file);
  return { hyparquet, file, metadata: await hyparquet.parquetMetadataAsync(file) };
}

function describe({ parquetSchema }, { file, metadata }) {
  return {
    sizeBytes: file.byteLength,
    columns: parquetSchema(metadata)
      .children.filter(({ children }) => children.length === 0)
      .map(({ element }) => element.name),
    groups: metadata.row_groups.map(({ num_rows, columns }) => ({
      rows: Number(num_rows),
      columns: columns.map(({ meta_data: meta }) => ({
        name: meta?.path_in_schema[0] ?? '',
        sizeBytes: Number(meta?.total_uncompressed_size ?? 0),
      })),
    })),
  };
}
