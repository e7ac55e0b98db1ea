/** {@code warren journal}: the operator's tools for the journal of a broker that does not run. */
@org.jspecify.annotations.NullMarked
package dev.warren.server.journal;
