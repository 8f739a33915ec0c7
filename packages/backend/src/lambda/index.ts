export { type LambdaEvent, type LambdaResult, lambdaHandler } from './lambda-handler.ts'
