# Writes hello.txt to standard output and ends with 0, by the Linux system
# calls of 64-bit x86: number in rax, arguments in rdi, rsi, rdx.

	.intel_syntax noprefix
	.globl	_start

	.text
_start:
	mov	eax, 1			# write
	mov	edi, 1			# standard output
	lea	rsi, [rip + text]
	mov	edx, offset length
	syscall

	mov	eax, 60			# exit
	xor	edi, edi
	syscall

	.section .rodata
text:	.incbin	"hello.txt"
	.set	length, . - text
