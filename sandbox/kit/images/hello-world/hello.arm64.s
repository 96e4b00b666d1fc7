// Writes hello.txt to standard output and ends with 0, by the Linux system
// calls of 64-bit ARM: number in x8, arguments in x0, x1, x2.

	.globl	_start

	.text
_start:
	mov	x8, #64			// write
	mov	x0, #1			// standard output
	adrp	x1, text
	add	x1, x1, :lo12:text
	ldr	x2, =length
	svc	#0

	mov	x8, #93			// exit
	mov	x0, #0
	svc	#0

	.section .rodata
text:	.incbin	"hello.txt"
	.set	length, . - text
