/**
 * Who may do what: users, their passwords, permissions and limits, as immutable rules. Nothing in
 * it knows connections or queues.
 */
@org.jspecify.annotations.NullMarked
package dev.warren.core.security;
