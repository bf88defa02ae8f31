// Tells ThreadSanitizer of a synchronisation that it cannot see. Does nothing without the sanitizer.
#pragma once

void sanitizer_acquire(void *address);
void sanitizer_release(void *address);
