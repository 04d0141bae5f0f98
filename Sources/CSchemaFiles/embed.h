// SPDX-License-Identifier: Apache-2.0
// Takes FILE, a path from this directory, as an element of the array in files.c. No include guard: once for each file.
// clang-format off
  {FILE, (const char[]){
#embed FILE
  }, sizeof((const char[]){
#embed FILE
  })},
#undef FILE
