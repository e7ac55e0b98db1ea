/** Logging in by OAuth 2 tokens: JSON Web Tokens, and the keys they are signed with. */
@NullMarked
package dev.warren.server.oauth;

import org.jspecify.annotations.NullMarked;
