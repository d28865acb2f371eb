/**
 * Frames as they are on the wire: captured, filtered, decoded, printed and kept in files.
 *
 * @packageDocumentation
 */
export type { FrameBatch } from './batch.js';
export { type Capture, type CaptureStats, capture } from './capture.js';
export {
  type ArpLayer,
  type BrokenLayer,
  decodeFrame,
  type EthernetLayer,
  type GreLayer,
  type GueLayer,
  type IcmpLayer,
  type Ipv4Layer,
  type Ipv6Layer,
  type Layer,
  type PayloadLayer,
  type TcpFlag,
  type TcpLayer,
  type UdpLayer,
  type VlanLayer,
} from './decode/index.js';
export {
  CaptureFileError,
  type PcapngWriterOptions,
  pcapngWriter,
  pcapWriter,
  readFrames,
} from './files/index.js';
export {
  type Filter,
  type FilterEndpoint,
  type FilterProtocol,
  filterProgram,
  type TcpFlagsFilter,
} from './filter/index.js';
export { formatFrame, frameFormatter } from './format/index.js';
export {
  type ForwardingMethod,
  type ForwardingOptions,
  type ForwardingReport,
  type ForwardingServer,
  type ForwardingTunnel,
  verifyForwarding,
} from './forwarding/index.js';
export type { Frame, LinkType, PacketType } from './frame.js';
export type { CaptureDirection, CaptureOptions } from './options.js';
