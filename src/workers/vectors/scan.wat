;; The two loops of a search by meaning, over many rows at once, with WebAssembly's 128-bit instructions
;; (https://webassembly.github.io/spec/core/). scan-module.ts has this compiled; a test compiles it again and compares.
(module
  (import "convodb" "memory" (memory 1))

  ;; The dot product of each row of int8 numbers with a query of int16 ones. `stride` numbers a row, a multiple of 16.
  (func (export "scoreCodes")
    (param $codes i32) (param $rows i32) (param $stride i32) (param $query i32) (param $scores i32)
    (local $end i32) (local $at i32) (local $code v128) (local $sum v128)
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $rows)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $at (local.get $query))
        (local.set $end (i32.add (local.get $codes) (local.get $stride)))
        (loop $part
          (local.set $code (v128.load (local.get $codes)))
          (local.set $sum (i32x4.add (local.get $sum) (i32x4.add
            (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $code)) (v128.load (local.get $at)))
            (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $code)) (v128.load offset=16 (local.get $at))))))
          (local.set $at (i32.add (local.get $at) (i32.const 32)))
          (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
          (br_if $part (i32.lt_u (local.get $codes) (local.get $end))))
        (i32.store (local.get $scores) (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
          (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $row))))

  ;; For each row of 512 bits the sum of the query's numbers, 0 to 15, where a bit is set. The query is four planes of 512 bits,
  ;; of which the first has each number's lowest bit. Half a row at a time: a byte's sum is at most 2 * 8 * 15 then.
  (func (export "scoreBits")
    (param $bits i32) (param $rows i32) (param $planes i32) (param $scores i32)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128)
    (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128)
    (local $d0 v128) (local $d1 v128) (local $d2 v128) (local $d3 v128)
    (local $x v128) (local $y v128) (local $sum v128) (local $sums v128)
    (local.set $a0 (v128.load (local.get $planes)))
    (local.set $b0 (v128.load offset=16 (local.get $planes)))
    (local.set $c0 (v128.load offset=32 (local.get $planes)))
    (local.set $d0 (v128.load offset=48 (local.get $planes)))
    (local.set $a1 (v128.load offset=64 (local.get $planes)))
    (local.set $b1 (v128.load offset=80 (local.get $planes)))
    (local.set $c1 (v128.load offset=96 (local.get $planes)))
    (local.set $d1 (v128.load offset=112 (local.get $planes)))
    (local.set $a2 (v128.load offset=128 (local.get $planes)))
    (local.set $b2 (v128.load offset=144 (local.get $planes)))
    (local.set $c2 (v128.load offset=160 (local.get $planes)))
    (local.set $d2 (v128.load offset=176 (local.get $planes)))
    (local.set $a3 (v128.load offset=192 (local.get $planes)))
    (local.set $b3 (v128.load offset=208 (local.get $planes)))
    (local.set $c3 (v128.load offset=224 (local.get $planes)))
    (local.set $d3 (v128.load offset=240 (local.get $planes)))
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $rows)))
        (local.set $x (v128.load (local.get $bits)))
        (local.set $y (v128.load offset=16 (local.get $bits)))
        (local.set $sum (i8x16.add
          (i8x16.popcnt (v128.and (local.get $x) (local.get $a3)))
          (i8x16.popcnt (v128.and (local.get $y) (local.get $b3)))))
        (local.set $sum (i8x16.add (i8x16.shl (local.get $sum) (i32.const 1)) (i8x16.add
          (i8x16.popcnt (v128.and (local.get $x) (local.get $a2)))
          (i8x16.popcnt (v128.and (local.get $y) (local.get $b2))))))
        (local.set $sum (i8x16.add (i8x16.shl (local.get $sum) (i32.const 1)) (i8x16.add
          (i8x16.popcnt (v128.and (local.get $x) (local.get $a1)))
          (i8x16.popcnt (v128.and (local.get $y) (local.get $b1))))))
        (local.set $sum (i8x16.add (i8x16.shl (local.get $sum) (i32.const 1)) (i8x16.add
          (i8x16.popcnt (v128.and (local.get $x) (local.get $a0)))
          (i8x16.popcnt (v128.and (local.get $y) (local.get $b0))))))
        (local.set $sums (i16x8.extadd_pairwise_i8x16_u (local.get $sum)))
        (local.set $x (v128.load offset=32 (local.get $bits)))
        (local.set $y (v128.load offset=48 (local.get $bits)))
        (local.set $sum (i8x16.add
          (i8x16.popcnt (v128.and (local.get $x) (local.get $c3)))
          (i8x16.popcnt (v128.and (local.get $y) (local.get $d3)))))
        (local.set $sum (i8x16.add (i8x16.shl (local.get $sum) (i32.const 1)) (i8x16.add
          (i8x16.popcnt (v128.and (local.get $x) (local.get $c2)))
          (i8x16.popcnt (v128.and (local.get $y) (local.get $d2))))))
        (local.set $sum (i8x16.add (i8x16.shl (local.get $sum) (i32.const 1)) (i8x16.add
          (i8x16.popcnt (v128.and (local.get $x) (local.get $c1)))
          (i8x16.popcnt (v128.and (local.get $y) (local.get $d1))))))
        (local.set $sum (i8x16.add (i8x16.shl (local.get $sum) (i32.const 1)) (i8x16.add
          (i8x16.popcnt (v128.and (local.get $x) (local.get $c0)))
          (i8x16.popcnt (v128.and (local.get $y) (local.get $d0))))))
        (local.set $sums (i16x8.add (local.get $sums) (i16x8.extadd_pairwise_i8x16_u (local.get $sum))))
        (local.set $sums (i32x4.extadd_pairwise_i16x8_u (local.get $sums)))
        (i32.store (local.get $scores) (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $sums)) (i32x4.extract_lane 1 (local.get $sums)))
          (i32.add (i32x4.extract_lane 2 (local.get $sums)) (i32x4.extract_lane 3 (local.get $sums)))))
        (local.set $bits (i32.add (local.get $bits) (i32.const 64)))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $row)))))
