export { CaptureFileError } from './file-error.js';
export { pcapWriter } from './pcap-writer.js';
export { type PcapngWriterOptions, pcapngWriter } from './pcapng-writer.js';
export { readFrames } from './read.js';
