//! The storage service's CRC-64 (polynomial 0x9A6C9329AC4BC9B5 reflected, all ones in and out: CRC-64/NVME), for
//! `x-ms-content-crc64` alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const POLYNOMIAL: u64 = 0x9a6c_9329_ac4b_c9b5;
const TABLE: [u64; 256] = table();

const fn table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u64;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 {
                (value >> 1) ^ POLYNOMIAL
            } else {
                value >> 1
            };
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
}

/// The checksum in base64, lowest byte first.
pub(super) fn crc64_base64(content: &[u8]) -> String {
    STANDARD.encode(crc64(content).to_le_bytes())
}

fn crc64(content: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| {
        let [lowest, ..] = sum.to_le_bytes();
        TABLE[usize::from(lowest ^ byte)] ^ (sum >> 8)
    };
    !content.iter().fold(u64::MAX, step)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_check_value_of_the_catalogue() {
        assert_eq!(super::crc64(b"123456789"), 0xae8b_1486_0a79_9888);
        assert_eq!(super::crc64(b""), 0);
    }
}
