package dev.warren.core.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost", "LOCALHOST:15672", "localhost.", "warren.localhost:80", "127.0.0.1",
        "127.0.0.1:15672", "192.0.2.7", "[::1]", "[::1]:15672", "[2001:db8::1]:80"
      })
  void localhostAndAddressesAreLocal(String host) {
    assertThat(LocalName.isLocal(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "evil.example",
        "evil.example:15672",
        "localhost.evil.example",
        "notlocalhost",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "[evil.example]",
        "::1",
        "1.2.3",
        "localhost:80:90"
      })
  void whatANameServerCouldAnswerIsNot(String host) {
    assertThat(LocalName.isLocal(host)).isFalse();
  }
}
