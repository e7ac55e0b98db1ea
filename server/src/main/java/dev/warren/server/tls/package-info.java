/** TLS of all listeners: certificates from files, read again when they change; and making some. */
@org.jspecify.annotations.NullMarked
package dev.warren.server.tls;
