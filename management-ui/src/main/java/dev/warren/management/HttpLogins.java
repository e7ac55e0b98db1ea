package dev.warren.management;

import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.security.Authenticator;

/**
 * How clients of the API log in. Immutable.
 *
 * @param authenticator of the fronts together; its owner closes it
 * @param failureDelayMs how long the answer to a failed login waits
 */
public record HttpLogins(
    AccessAdministration access, Authenticator authenticator, long failureDelayMs) {}
