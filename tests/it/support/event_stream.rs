//! Frames of AWS's event stream, right and wrong ones.
//!
//! <https://smithy.io/2.0/aws/amazon-eventstream.html>

/// A frame: total length, length of the headers, checksum of both, headers, payload, checksum of everything before.
pub(crate) fn frame(headers: &[(&str, &str)], payload: &str) -> Vec<u8> {
    let mut named = Vec::new();
    for (name, value) in headers {
        named.push(u8::try_from(name.len()).unwrap());
        named.extend_from_slice(name.as_bytes());
        // a string
        named.push(7);
        named.extend_from_slice(&u16::try_from(value.len()).unwrap().to_be_bytes());
        named.extend_from_slice(value.as_bytes());
    }
    let total = u32::try_from(16 + named.len() + payload.len()).unwrap();
    let mut frame = Vec::new();
    frame.extend_from_slice(&total.to_be_bytes());
    frame.extend_from_slice(&u32::try_from(named.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(&checksum(&frame).to_be_bytes());
    frame.extend_from_slice(&named);
    frame.extend_from_slice(payload.as_bytes());
    frame.extend_from_slice(&checksum(&frame).to_be_bytes());
    frame
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}

/// An event of `ConverseStream`, or a `chunk` of the other.
pub(crate) fn event(kind: &str, payload: &str) -> Vec<u8> {
    frame(&[(":event-type", kind), (":content-type", "application/json"), (":message-type", "event")], payload)
}

/// An exception in the middle of a stream.
pub(crate) fn exception(kind: &str, message: &str) -> Vec<u8> {
    let headers = [(":exception-type", kind), (":content-type", "application/json"), (":message-type", "exception")];
    frame(&headers, &format!("{{\"message\": \"{message}\"}}"))
}

/// An error that is in no model: its code and text are headers, and it has no payload.
pub(crate) fn error(code: &str, message: &str) -> Vec<u8> {
    frame(&[(":error-code", code), (":error-message", message), (":message-type", "error")], "")
}

/// A frame of which one byte changed on the way.
pub(crate) fn spoiled(mut frame: Vec<u8>) -> Vec<u8> {
    let last = frame.len() - 6;
    frame[last] ^= 0x20;
    frame
}

/// A `chunk`: base64 of the model's own event, and padding.
pub(crate) fn chunk(event: &str) -> Vec<u8> {
    self::event("chunk", &format!("{{\"bytes\":\"{}\",\"p\":\"abcdefgh\"}}", base64(event.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let at = |index: usize| u32::from(part.get(index).copied().unwrap_or_default());
        let whole = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let letter = LETTERS[(whole >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= part.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[test]
fn frames_have_the_bytes_that_aws_sends() {
    let hex = |frame: &[u8]| {
        let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap());
        frame.iter().flat_map(digits).collect::<String>()
    };
    assert_eq!(
        hex(&event("messageStart", r#"{"role": "assistant"}"#)),
        "0000007700000052abb5d36e0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d747970650700106170706c\
         69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a2022617373697374616e74227d5be0d2f5"
    );
    assert_eq!(
        hex(&exception("throttlingException", "Too many requests, please wait before trying again.")),
        "000000b30000006108f0fc630f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d\
         747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a\
         2022546f6f206d616e792072657175657374732c20706c656173652077616974206265666f726520747279696e6720616761696e2e227d6b650cc2"
    );
    assert_eq!(["", "f", "fo", "foo"].map(|text| base64(text.as_bytes())), ["", "Zg==", "Zm8=", "Zm9v"]);
}
