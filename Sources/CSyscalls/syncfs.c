#define _GNU_SOURCE
#include <unistd.h>

#include "CSyscalls.h"

int ebb_syncfs(int descriptor) { return syncfs(descriptor); }
