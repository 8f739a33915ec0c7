'use client'

export { UploaderProvider, type UploaderProviderProps } from './uploader-provider.tsx'
export { useParts } from './use-parts.ts'
export { useSnapshot } from './use-snapshot.ts'
export { type LiveTransfer, useTransfer } from './use-transfer.ts'
export { type LiveUpload, useUpload } from './use-upload.ts'
export { useUploader } from './use-uploader.ts'
export { useUploads } from './use-uploads.ts'
