/** ipvsadm's own defaults and bounds, which differ from this package's in places. */

export const defaultScheduler = 'wlc';

/** Seconds of `-p` alone: 360 in ipvsadm's code, though its man page says 300. */
export const defaultTimeout = 360;

/** Seconds. ipvsadm allows 31 days, which overflow in a kernel with a clock of 1000 Hz. */
export const longestTimeout = Math.floor((2 ** 31 - 1) / 1000);

/** The device of `--start-daemon` without `--mcast-interface`. */
export const defaultDevice = 'eth0';
