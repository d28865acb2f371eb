export { decodeFrame } from './decode.js';
export type {
  ArpLayer,
  BrokenLayer,
  EthernetLayer,
  GreLayer,
  GueLayer,
  IcmpLayer,
  Ipv4Layer,
  Ipv6Layer,
  Layer,
  PayloadLayer,
  TcpFlag,
  TcpLayer,
  UdpLayer,
  VlanLayer,
} from './layers.js';
